/* breaks: floor as src/domain/x/x.c */
#include "app/app.h"
