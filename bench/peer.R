# peer.R  Rscript bench/peer.R FILE: what the peers in R share. A side prints "time SECONDS" of the work itself, then its
# answers: name, value and the scale that differences are measured in. Exit status 77: a package is missing.
# SPDX-License-Identifier: GPL-3.0-or-later
cores <- as.integer(Sys.getenv("CORES", "1"))
need <- function(...) for (p in c(...)) {
  if (!suppressPackageStartupMessages(suppressWarnings(require(p, character.only = TRUE, quietly = TRUE)))) {
    message("needs the R package ", p)
    quit(status = 77)
  }
  if (p == "fixest") suppressMessages(setFixest_nthreads(cores))
  if (p == "data.table") setDTthreads(cores)
}
columns <- function(...) {
  read <- function(name) {
    path <- file.path(Sys.getenv("DATA"), name)
    readBin(path, "double", file.size(path) / 8)
  }
  names <- c(...)
  as.data.frame(stats::setNames(lapply(names, read), names))
}
x <- function(n, from = 1) paste0("x", from:n)
formula_of <- function(n) as.formula(paste("y ~", paste(x(n), collapse = " + ")))
timed <- function(expression) {
  seconds <- system.time(value <- expression)[["elapsed"]]
  cat("time\t", format(seconds, digits = 9), "\n", sep = "")
  value
}
sampled <- function(part, whole) cat("sampled", part, whole, sep = "\t", fill = TRUE)
answer <- function(name, value, scale) {
  writeLines(paste("answer", name, format(value, digits = 17), format(scale, digits = 17), sep = "\t"))
}
answers <- function(estimate, se, model = 1) for (term in names(estimate)) {
  answer(paste0(model, ":", term), estimate[[term]], se[[term]])
  answer(paste0(model, ":se:", term), se[[term]], se[[term]])
}
source(commandArgs(trailingOnly = TRUE)[1])
