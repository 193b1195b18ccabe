/*
 * What a person does to the pack, as text: for --at, --fault and the keys of the panel.
 *
 *     button=4s        hold the BMS button; menu=, enter=, down=, esc= hold a key of the display
 *     switch=off       weak-current switch
 *     dip=3            address switch
 *     charger=off      house: no charging, load=off: no load, breaker=off: nothing connected at all
 *     demand=-1500W    house: manual demand, added to the profile; in W or A, positive charges
 *     ambient=-5       temperature of the surroundings, degC
 *     short=0.005      short circuit at the terminals, Ohm; 0 ends it
 *     external=-50     voltage at the terminals from elsewhere, V, negative = reversed; 0 ends it
 *     fault=cell3=stuck  a fault of plant/fault.h; fault=none ends all
 *     param=NAME=VALUE a parameter is written by a command; told when the pack has answered
 *     quit             end of the run
 */
#ifndef VIRTUAL_PACK_ACTION_H
#define VIRTUAL_PACK_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/model/params.h"
#include "plant/fault.h"
#include "plant/world.h"

#define ACTION_TEXT_SIZE  80
#define ACTION_ERROR_SIZE 240

enum action_kind {
    ACTION_HOLD,     /* value: seconds, keys: which */
    ACTION_SWITCH,   /* on */
    ACTION_DIP,      /* value */
    ACTION_CHARGER,  /* on */
    ACTION_LOAD,     /* on */
    ACTION_BREAKER,  /* on */
    ACTION_DEMAND,   /* value, unit */
    ACTION_AMBIENT,  /* value */
    ACTION_SHORT,    /* value */
    ACTION_EXTERNAL, /* value */
    ACTION_FAULT,    /* fault */
    ACTION_PARAM,    /* param */
    ACTION_QUIT
};

struct action {
    enum action_kind kind;
    double at_s; /* simulated time; not set by action_parse() */
    double value;
    bool on;
    uint16_t keys; /* mask of enum lbms_key */
    enum plant_demand_kind unit;
    struct plant_fault fault;
    struct lbms_param_item param;
    char text[ACTION_TEXT_SIZE]; /* as it was given */
};

/* Reads one action. False: error has one line. */
bool action_parse(const char *text, struct action *action, char error[ACTION_ERROR_SIZE]);

/* "-1500W", "20A"; without a unit: W. */
bool action_parse_demand(const char *text, double *value, enum plant_demand_kind *unit);

#endif
