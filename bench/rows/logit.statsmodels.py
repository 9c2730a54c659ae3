from peer import answers, column, matrix, need, timed, x

api = need("statsmodels.api")
y, terms = column("y"), matrix(x(20))
with timed():
    fit = api.Logit(y, terms).fit(disp=0)
    fit.bse
answers(["(Intercept)"] + x(20), fit.params, fit.bse)
