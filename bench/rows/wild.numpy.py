"""The fast algorithm of Roodman, MacKinnon, Nielsen & Webb (2019), section 5: the null imposed, draws by cluster sums."""
from peer import answer, column, matrix, need, timed, x

numpy = need("numpy")
y, terms, group = column("y"), matrix(x(10)), column("g").astype(int)
draws, n_groups = 9999, group.max() + 1
n, k = terms.shape
signs = numpy.random.default_rng(1).choice((-1.0, 1.0), size=(n_groups, draws))
p = numpy.empty(k)
with timed():
    order = numpy.argsort(group, kind="stable")
    starts = numpy.searchsorted(group[order], numpy.arange(n_groups))
    terms, y = terms[order], y[order]
    bread = numpy.linalg.inv(terms.T @ terms)
    cross = numpy.stack([block.T @ block for block in numpy.split(terms, starts[1:])])
    estimate = bread @ (terms.T @ y)
    scores = numpy.add.reduceat(terms * (y - terms @ estimate)[:, None], starts)
    for j in range(k):
        others = numpy.delete(numpy.arange(k), j)
        rest = numpy.linalg.solve((terms.T @ terms)[numpy.ix_(others, others)], terms[:, others].T @ y)
        null = numpy.add.reduceat(terms * (y - terms[:, others] @ rest)[:, None], starts)
        weight = bread[:, j]
        change = bread @ (null.T @ signs)
        drawn = (null @ weight)[:, None] * signs - numpy.einsum("gab,a->gb", cross, weight) @ change
        t = change[j] / numpy.sqrt((drawn ** 2).sum(axis=0))
        p[j] = (abs(t) > abs(estimate[j] / numpy.sqrt(((scores @ weight) ** 2).sum()))).mean()
for name, value in zip(["(Intercept)"] + x(10), p):
    answer("1:p:" + name, value, 1)
