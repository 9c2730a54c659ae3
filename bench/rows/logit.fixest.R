need("fixest")
data <- columns("y", x(20))
fit <- timed(feglm(formula_of(20), data, family = binomial(), vcov = "iid"))
answers(coef(fit), se(fit))
