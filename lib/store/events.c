#include "losun_bms/store/events.h"

#include <string.h>

/* Faults, protections, locks, alarms: what opened the paths is told first. */
static const uint8_t kind_begun[LBMS_EVENT_WORDS] = {LBMS_RECORD_FAULT, LBMS_RECORD_PROTECTION,
                                                     LBMS_RECORD_LOCK, LBMS_RECORD_ALARM};
static const uint8_t kind_ended[LBMS_EVENT_WORDS] = {LBMS_RECORD_FAULT_END, LBMS_RECORD_PROTECTION_END,
                                                     LBMS_RECORD_LOCK_END, LBMS_RECORD_ALARM_END};

static void take_moment(struct lbms_record *r, const struct lbms_snapshot *s, bool wall, uint32_t wall_s)
{
    const struct lbms_measured *m = &s->m;

    memset(r, 0, sizeof(*r));
    r->time_s = wall ? wall_s : s->uptime_s;
    r->wall = wall;
    r->cell = LBMS_RECORD_NO_CELL;
    memcpy(r->cell_mv, m->cell_mv, sizeof(r->cell_mv));
    memcpy(r->ntc_dc, m->ntc_dc, sizeof(r->ntc_dc));
    r->mosfet_dc = m->mosfet_dc;
    r->ambient_dc = m->ambient_dc;
    r->pack_mv = m->pack_mv;
    r->current_ma = m->current_ma;
    r->remaining_mah = s->soc.remaining_mah;
    r->capacity_mah = s->soc.capacity_mah;
    r->cycles = (uint16_t)((s->health.totals.cycles < UINT16_MAX) ? s->health.totals.cycles : UINT16_MAX);
    r->alarms = s->alarms;
    r->protections = s->protections;
    r->faults = s->faults;
    r->state = s->state;
    r->mode = s->mode;
    r->closed = m->closed;
}

bool lbms_events_step(struct lbms_events *events, const struct lbms_snapshot *s, bool wall, uint32_t wall_s)
{
    const uint32_t now[LBMS_EVENT_WORDS] = {s->faults, s->protections, s->locks, s->alarms};
    bool news = events->fresh_note;
    size_t i;

    for (i = 0u; i < LBMS_EVENT_WORDS; i++) {
        const uint32_t changed = now[i] ^ events->seen[i];

        if (changed != 0u) {
            events->begun[i] |= changed & now[i];
            events->ended[i] |= changed & ~now[i];
            events->seen[i] = now[i];
            news = true;
        }
    }
    if (news) {
        take_moment(&events->moment, s, wall, wall_s);
        events->fresh_note = false;
    }
    return news;
}

void lbms_events_note(struct lbms_events *events, const struct lbms_event_note *note)
{
    if (events->notes >= LBMS_EVENT_NOTES) {
        events->lost = (uint16_t)(events->lost + ((events->lost < UINT16_MAX) ? 1u : 0u));
        return;
    }
    events->note[events->notes] = *note;
    events->notes++;
    events->fresh_note = true;
}

/* The next change of one word. When a bit has come and gone before it could be told, the last change is told last. */
static bool next_change(struct lbms_events *events, size_t word, struct lbms_record *record)
{
    const uint32_t either = events->begun[word] | events->ended[word];
    uint32_t mask = 1u;
    bool begins;

    if (either == 0u) {
        return false;
    }
    record->code = 0u;
    while ((either & mask) == 0u) {
        mask <<= 1;
        record->code++;
    }
    begins = (events->begun[word] & mask) != 0u;
    if (begins && ((events->ended[word] & mask) != 0u)) {
        begins = (events->seen[word] & mask) == 0u;
    }
    if (begins) {
        events->begun[word] &= ~mask;
    } else {
        events->ended[word] &= ~mask;
    }
    record->kind = begins ? kind_begun[word] : kind_ended[word];
    return true;
}

bool lbms_events_next(struct lbms_events *events, struct lbms_record *record)
{
    size_t word;

    *record = events->moment;
    if ((events->notes > 0u) && !events->fresh_note) {
        record->kind = events->note[0].kind;
        record->code = events->note[0].code;
        record->value = events->note[0].value;
        record->threshold = events->note[0].threshold;
        events->notes--;
        memmove(&events->note[0], &events->note[1], events->notes * sizeof(events->note[0]));
        return true;
    }
    for (word = 0u; word < LBMS_EVENT_WORDS; word++) {
        if (next_change(events, word, record)) {
            return true;
        }
    }
    return false;
}
