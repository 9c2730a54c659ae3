need("openxlsx")
data <- columns("y", x(8), "g")
timed(write.xlsx(data, Sys.getenv("FILE"), overwrite = TRUE))
for (name in names(data)) answer(paste0("sum:", name), sum(data[[name]]), sum(abs(data[[name]])))
