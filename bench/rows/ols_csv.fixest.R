need("data.table", "fixest")
timed({
  fit <- feols(formula_of(10), fread(Sys.getenv("CSV")), vcov = "hetero")
  table <- coeftable(fit)
})
answers(table[, 1], table[, 2])
