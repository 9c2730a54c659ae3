need("sandwich")
timed({
  data <- read.csv(Sys.getenv("CSV"))
  tables <- lapply(split(data, data$g), function(d) {
    fit <- lm(formula_of(8), d)
    cbind(coef(fit), sqrt(diag(vcovHC(fit, "HC1"))))
  })
})
for (m in c(1, 50, length(tables))) answers(tables[[m]][, 1], tables[[m]][, 2], m)
