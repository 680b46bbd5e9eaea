/* breaks: word as tool/pack/main.c */
/* a HACK that works */
