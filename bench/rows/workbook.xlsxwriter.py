import os
from peer import answer, column, need, timed, x

xlsxwriter, numpy = need("xlsxwriter", "numpy")
names = ["y"] + x(8) + ["g"]
cells = numpy.column_stack([column(name) for name in names]).tolist()
with timed():
    book = xlsxwriter.Workbook(os.environ["FILE"], {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, names)
    for i, row in enumerate(cells):
        for j, value in enumerate(row):
            sheet.write_number(i + 1, j, value)
    book.close()
for j, name in enumerate(names):
    values = [row[j] for row in cells]
    answer("sum:" + name, sum(values), sum(abs(v) for v in values))
