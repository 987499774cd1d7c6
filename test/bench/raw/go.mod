module raw

go 1.26.0
