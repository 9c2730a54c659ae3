# a sample of the curve's models, one by one; the controls of model m are those of curve.c
need("fixest")
data <- columns("y", x(38), "g")
models <- as.numeric(Sys.getenv("MODELS"))
part <- as.numeric(Sys.getenv("SAMPLE"))
controls <- function(m) paste0("x", Filter(function(j) (m * j * j * 0.6180339887498949) %% 1 < 0.5, 2:38))
errors <- if (Sys.getenv("VCOV") == "HC1") "hetero" else ~g
chosen <- floor((seq_len(part) - 1) * models / part)
formulas <- lapply(chosen, function(m) as.formula(paste("y ~", paste(c("x1", controls(m)), collapse = " + "))))
tables <- timed(lapply(formulas, function(f) coeftable(feols(f, data, vcov = errors))))
sampled(part, models)
for (i in seq_along(chosen)) answers(list(x1 = tables[[i]]["x1", 1]), list(x1 = tables[[i]]["x1", 2]), chosen[i])
