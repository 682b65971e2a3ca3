process.abort() // what a driver that crashes does to the process it is in
