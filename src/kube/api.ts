// Collections and objects to HTTP calls on an authorised fetch, and answers to values or errors.
// Knows no token and no TLS; retries nothing.
export {};
