/* breaks: word as src/domain/x/x.c */
static const char *const x = "Not Implemented yet";
