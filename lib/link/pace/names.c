/* Names of the inverter protocols, by the numbers that PACE gives them. A program that does not tell them links none. */
#include <stddef.h>

#include "serve.h"

static const char *const can_names[] = {
    "PACE",   "Pylontech",     "Growatt",    "Victron", "Schneider", "LuxPower", "SRD",        "SMA",
    "GoodWe", "Studer",        "Sofar",      "Must",    "Solis",     "Didu",     "Senergy",    "TBB",
    "PYLON",  "Growatt V1.09", "Must V2.02", "Afore",   "INVT",      "Fuji",     "Sofar V2.10"};
static const char *const rs485_names[] = {
    "PACE",   "Pylontech",   "Growatt", "Voltronic",  "Schneider",    "Phocos",       "LuxPower",
    "Solar",  "Lithium",     "EP",      "RTU04",      "LuxPower V01", "LuxPower V03", "WOW",
    "Leoch",  "Pylontech F", "Afore",   "UPS AGXN",   "Sunpolo",      "Xiongtao",     "Rongke",
    "Xinrui", "Eltek",       "GT",      "Leoch V1.06"};

const char *lbms_pace_can_name(uint8_t number)
{
    return (number < (sizeof(can_names) / sizeof(can_names[0]))) ? can_names[number] : NULL;
}

const char *lbms_pace_rs485_name(uint8_t number)
{
    return (number < (sizeof(rs485_names) / sizeof(rs485_names[0]))) ? rs485_names[number] : NULL;
}
