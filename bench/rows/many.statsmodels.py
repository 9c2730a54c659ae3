import os
from peer import answers, need, timed, x

pandas, api = need("pandas", "statsmodels.api")
with timed():
    data = pandas.read_csv(os.environ["CSV"])
    fits = []
    for g, rows in data.groupby("g"):
        fit = api.OLS(rows["y"], api.add_constant(rows[x(8)])).fit(cov_type="HC1")
        fits.append((fit.params, fit.bse))
for m in (1, 50, len(fits)):
    answers(["(Intercept)"] + x(8), *fits[m - 1], m)
