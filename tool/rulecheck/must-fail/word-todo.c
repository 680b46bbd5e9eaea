/* breaks: word as src/domain/x/x.c */
/* TODO: later */
