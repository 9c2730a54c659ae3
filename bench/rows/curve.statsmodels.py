"""As curve.fixest.R; fewer models, since each takes longer."""
import os
from peer import answers, column, matrix, need, sampled, timed, x

api, numpy = need("statsmodels.api", "numpy")
models, part = int(os.environ["MODELS"]), max(2, int(os.environ["SAMPLE"]) // 5)
y, terms, group = column("y"), matrix(x(38)), column("g").astype(int)
errors = {"cov_type": "HC1"}
if os.environ["VCOV"] != "HC1":
    errors = {"cov_type": "cluster", "cov_kwds": {"groups": group}}


def fit(m):
    used = [0, 1] + [j for j in range(2, 39) if (m * j * j * 0.6180339887498949) % 1 < 0.5]
    result = api.OLS(y, terms[:, used]).fit(**errors)
    return result.params[1], result.bse[1]


chosen = [i * models // part for i in range(part)]
with timed():
    results = [fit(m) for m in chosen]
sampled(part, models)
for m, (estimate, se) in zip(chosen, results):
    answers(["x1"], [estimate], [se], m)
