import os
from peer import answer, need, timed

pandas, _ = need("pandas", "openpyxl")
with timed():
    data = pandas.read_excel(os.environ["FILE"])
for name in data.select_dtypes("number").columns:
    answer("sum:" + name, data[name].sum(), data[name].abs().sum())
