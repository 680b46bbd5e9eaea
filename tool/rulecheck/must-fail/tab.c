/* breaks: tab as src/domain/x/x.c */
int x(void) {
	return 1;
}
