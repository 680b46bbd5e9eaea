/* breaks: word as src/domain/x/x.c */
int x; // FIXME
