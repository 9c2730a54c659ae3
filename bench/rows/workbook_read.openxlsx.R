need("openxlsx")
data <- timed(read.xlsx(Sys.getenv("FILE"), sep.names = " "))
for (name in names(data)) if (is.numeric(data[[name]])) {
  answer(paste0("sum:", name), sum(data[[name]], na.rm = TRUE), sum(abs(data[[name]]), na.rm = TRUE))
}
