/* cli.h - the verbs of the command line. */
#ifndef WUYE_APP_CLI_H
#define WUYE_APP_CLI_H

#include "app/app.h"

/* Each takes the words after the verb and returns the exit status. */
int serve_main(struct app *app);
int cli_do(struct app *app, int argc, char **argv);
int cli_get(struct app *app, int argc, char **argv);
int cli_seed(struct app *app, int argc, char **argv);
int cli_migrate(struct app *app, int argc, char **argv);
int cli_doctor(struct app *app, int argc, char **argv);
int cli_audit(struct app *app, int argc, char **argv);
int cli_schema(struct app *app, int argc, char **argv);
int cli_backup(struct app *app, int argc, char **argv);

/* ---- socket.c: the command line as a client of the running server ---- */
struct door;
/* Listens on <db>.sock; NULL when it cannot. */
struct door *door_open(struct app *app);
void door_close(struct door *d);
/* Sends one request; false when no server listens there. The answer is one JSON line. */
bool door_ask(struct settings *set, str request, buf *answer);
/* What the server does with such a request (also used without a server). */
void door_answer(struct app *app, str request, buf *answer);

/* Opens the house to look at it: as the writer where none runs, else only reading. *lock is -1 in that case. */
bool app_look(struct app *app, int *lock);

/* Checks that must return no row; prints those that do. Returns how many do. */
int checks_run(struct app *app, FILE *out);

#endif
