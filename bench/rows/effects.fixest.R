need("fixest")
data <- columns("y", "x1", "x2", "g", "h")
poisson <- Sys.getenv("FITTER") == "fepois"
fitter <- if (poisson) fepois else feols
# maximum likelihood has no N - K in pgdp
fit <- timed(fitter(y ~ x1 + x2 | g + h, data, vcov = ~g, ssc = ssc(adj = !poisson)))
answers(coef(fit), se(fit))
