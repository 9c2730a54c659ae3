from peer import answer, column, matrix, need, timed, x

numpy = need("numpy")
y, terms = column("y"), numpy.ascontiguousarray(matrix(x(10)))
random, n = numpy.random.default_rng(1), len(y)
with timed():
    draws = numpy.empty((999, 11))
    for r in range(999):
        rows = random.integers(0, n, n)
        drawn = terms[rows]
        draws[r] = numpy.linalg.solve(drawn.T @ drawn, drawn.T @ y[rows])
    se = draws.std(axis=0, ddof=1)
for name, s in zip(["(Intercept)"] + x(10), se):
    answer("1:se:" + name, s, s)
