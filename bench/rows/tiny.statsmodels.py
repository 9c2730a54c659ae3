import os
from peer import answers, need

pandas, formula = need("pandas", "statsmodels.formula.api")
fit = formula.ols("y ~ x1 + x2", pandas.read_csv(os.environ["CSV"])).fit()
answers(["(Intercept)", "x1", "x2"], fit.params, fit.bse)
