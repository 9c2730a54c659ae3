"""The same Monte Carlo a draw at a time, tasks as arrays; market and in-house cells share all that they can."""
import os
from peer import answer, column, need, sampled, timed

numpy = need("numpy")
draws = int(os.environ["PEER_DRAWS"])
wage_bill, hourly_wage = 1e8 * numpy.exp(column("x1")), 30 * numpy.exp(0.4 * column("x2"))
capability = 1 / (1 + numpy.exp(-column("x3")))
multiplier, capability_se, q_max, theta = 1.5, 0.3, 10.0, 1.0
v0 = wage_bill * multiplier * 0.8
logit = numpy.log(capability / (1 - capability))


def area(price, e):
    return -numpy.log(price) if e == 1 else -numpy.expm1((1 - e) * numpy.log(price)) / (1 - e)


def surplus(price, e, unbounded):
    binding = q_max ** (-1 / e)
    return numpy.where(unbounded > q_max, area(binding, e) + q_max * (binding - price), area(price, e))


def phantom(adoption, review, tokens, token_price, survival, e, pass_through, in_house, lam, capability):
    per_labour = review + tokens * token_price / 1e6 / hourly_wage
    r = numpy.maximum(1 - (1 - per_labour) / multiplier, 0)
    price = ((1 - pass_through) + pass_through * r) / survival
    adopted = capability * adoption * v0
    q_h = v0 - adopted
    unbounded, deflator = price ** -e, price ** lam
    real, own = price / deflator, theta * r / survival
    nominal = (1 - in_house) * price + in_house * own
    recorded = (1 - in_house) * real + in_house * own / deflator
    q_ai = adopted * numpy.minimum(unbounded, q_max)
    grown, cell = q_ai - adopted, q_h + price * q_ai
    q0, q1, f1 = v0.sum(), (q_h + q_ai).sum(), cell.sum()
    n1, m1 = (q_h + nominal * q_ai).sum(), (q_h + recorded * q_ai).sum()
    ql, qp = q1 / q0, f1 / (cell / (q_h + q_ai) * v0).sum()
    qf = (ql * qp) ** 0.5
    return {"q0": q0, "q1": q1, "f1": f1, "n1": n1, "m1": m1, "ql": ql, "qp": qp, "qf": qf, "phi_l": q1 - m1,
            "phi_f": q0 * qf - m1, "phi_p": q0 * qp - m1, "defl_s": (adopted * (1 - real)).sum(),
            "defl_e": (grown * (1 - real)).sum(), "bound_s": (adopted * (real - recorded)).sum(),
            "bound_e": (grown * (real - recorded)).sum(), "shrinkage": q0 - n1,
            "cs": (adopted * surplus(price, e, unbounded)).sum()}


random = numpy.random.default_rng(1)


def beta(mean, concentration):
    return random.beta(mean * concentration, (1 - mean) * concentration)


def draw():
    z = random.standard_normal()
    return phantom(beta(0.18, 60), random.triangular(0.02, 0.15, 0.4), 50000 * random.lognormal(0, 1),
                   10 * random.lognormal(0, 0.8), random.triangular(0.67, 0.85, 1), random.triangular(0.29, 0.6, 1.1),
                   beta(0.7, 6), beta(0.25, 8), beta(0.25, 4), 1 / (1 + numpy.exp(-(logit + capability_se * z))))


with timed():
    results = [draw() for i in range(draws)]
sampled(draws, int(os.environ["DRAWS"]))
for name, value in phantom(0.18, 0.15, 50000, 10, 0.85, 0.6, 0.7, 0.25, 0.25, capability).items():
    values = numpy.array([r[name] for r in results])
    answer("central:" + name, value, 1e-6 * abs(value))
    answer("mean:" + name, values.mean(), values.std(ddof=1))
    answer("sd:" + name, values.std(ddof=1), values.std(ddof=1))
