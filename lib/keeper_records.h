/* Private: what the keeper says in an event record. */
#ifndef LBMS_KEEPER_RECORDS_H
#define LBMS_KEEPER_RECORDS_H

#include "losun_bms/keeper.h"

/* Gives a record about an alarm, a protection or a fault the value, the level and the cell that it is about. */
void lbms_keeper_explain(const struct lbms_keeper *keeper, const struct lbms_core *core,
                         struct lbms_record *record);

#endif
