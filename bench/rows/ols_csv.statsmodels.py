import os
from peer import answers, need, timed, x

pandas, api = need("pandas", "statsmodels.api")
with timed():
    data = pandas.read_csv(os.environ["CSV"])
    fit = api.OLS(data["y"], api.add_constant(data[x(10)])).fit(cov_type="HC1")
    fit.bse
answers(["(Intercept)"] + x(10), fit.params, fit.bse)
