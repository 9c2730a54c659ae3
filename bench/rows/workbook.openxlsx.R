need("openxlsx")
data <- columns("y", x(8), "g")
timed(write.xlsx(data, Sys.getenv("FILE"), overwrite = TRUE))
