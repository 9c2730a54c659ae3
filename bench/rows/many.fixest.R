need("data.table", "fixest")
timed({
  fits <- feols(formula_of(8), fread(Sys.getenv("CSV")), vcov = "hetero", split = ~g)
  tables <- lapply(fits, coeftable)
})
for (m in c(1, 50, length(tables))) answers(tables[[m]][, 1], tables[[m]][, 2], m)
