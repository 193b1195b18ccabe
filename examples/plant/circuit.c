#include "plant/circuit.h"

#include <math.h>
#include <stddef.h>

#define CORNERS 5u

/* Everything but source and sink: currents that leave the node minus those that enter it, at the voltage v. */
struct balance {
    const struct plant_node *node;
    const struct plant_path *path;
    double old_v;
    double store_siemens; /* farad / dt */
};

double plant_path_current(const struct plant_path *path, double v)
{
    const double above = v - path->emf_v - path->charge_drop_v;
    const double below = v - path->emf_v + path->discharge_drop_v;

    if (path->charge && (above > 0.0)) {
        const double a = above / path->charge_ohm;

        return (a < path->charge_max_a) ? a : path->charge_max_a;
    }
    return (path->discharge && (below < 0.0)) ? (below / path->discharge_ohm) : 0.0;
}

double plant_path_siemens(const struct plant_path *path, double v)
{
    const double above = v - path->emf_v - path->charge_drop_v;
    const double below = v - path->emf_v + path->discharge_drop_v;

    if (path->charge && (above > 0.0)) {
        return (above / path->charge_ohm < path->charge_max_a) ? (1.0 / path->charge_ohm) : 0.0;
    }
    return (path->discharge && (below < 0.0)) ? (1.0 / path->discharge_ohm) : 0.0;
}

static double leaving_a(const struct balance *b, double v)
{
    const double into_pack = (b->path != NULL) ? plant_path_current(b->path, v) : 0.0;

    return b->store_siemens * (v - b->old_v) + b->node->siemens * v - b->node->inject_a + into_pack;
}

static double slope(const struct balance *b, double v)
{
    const double pack = (b->path != NULL) ? plant_path_siemens(b->path, v) : 0.0;

    return b->store_siemens + b->node->siemens + pack;
}

/* Source minus sink for a voltage just below (side -1), or just above (side +1) v. */
static double fed_a(const struct plant_node *node, double v, int side)
{
    const bool source = (side < 0) ? (v <= node->source_v) : (v < node->source_v);
    const bool sink = (side < 0) ? (v > 0.0) : (v >= 0.0);

    return (source ? node->source_a : 0.0) - (sink ? node->sink_a : 0.0);
}

static size_t corners(const struct plant_node *node, const struct plant_path *path, double corner[CORNERS])
{
    size_t count = 0u;
    size_t i;

    corner[count++] = 0.0;
    corner[count++] = node->source_v;
    if (path != NULL) {
        corner[count++] = path->emf_v - path->discharge_drop_v;
        corner[count++] = path->emf_v + path->charge_drop_v;
        if (path->charge_max_a < HUGE_VAL) {
            corner[count++] = path->emf_v + path->charge_drop_v + path->charge_ohm * path->charge_max_a;
        }
    }
    for (i = 1u; i < count; i++) {
        const double x = corner[i];
        size_t k = i;

        while ((k > 0u) && (corner[k - 1u] > x)) {
            corner[k] = corner[k - 1u];
            k--;
        }
        corner[k] = x;
    }
    return count;
}

/* Splits the total of source and sink at the solution: at a jump one of them gives only a part. */
static struct plant_node_step result_at(const struct balance *b, double v, bool at_corner)
{
    struct plant_node_step r;
    const struct plant_node *node = b->node;
    const double needed = leaving_a(b, v); /* = source - sink */

    r.v = v;
    r.path_a = (b->path != NULL) ? plant_path_current(b->path, v) : 0.0;
    r.source_a = (v < node->source_v) ? node->source_a : 0.0;
    r.sink_a = (v > 0.0) ? node->sink_a : 0.0;
    if (at_corner && (v == node->source_v)) {
        r.source_a = fmin(fmax(needed + r.sink_a, 0.0), node->source_a);
    } else if (at_corner && (v == 0.0)) {
        r.sink_a = fmin(fmax(r.source_a - needed, 0.0), node->sink_a);
    }
    return r;
}

struct plant_node_step plant_node_step(const struct plant_node *node, const struct plant_path *path, double v,
                                       double dt_s)
{
    const struct balance b = {node, path, v, node->farad / dt_s};
    double corner[CORNERS];
    const size_t count = corners(node, path, corner);
    double low = -HUGE_VAL; /* ends of the piece that has the solution, and a voltage inside it */
    double high = HUGE_VAL;
    double inside;
    size_t i = 0u;

    while ((i < count) && (leaving_a(&b, corner[i]) - fed_a(node, corner[i], 1) < 0.0)) {
        low = corner[i];
        i++;
    }
    if (i < count) {
        high = corner[i];
        if (leaving_a(&b, high) - fed_a(node, high, -1) <= 0.0) {
            return result_at(&b, high, true);
        }
    }
    if (low == -HUGE_VAL) {
        inside = high - 1.0;
    } else {
        inside = (high == HUGE_VAL) ? (low + 1.0) : (0.5 * (low + high));
    }
    inside -= (leaving_a(&b, inside) - fed_a(node, inside, 1)) / slope(&b, inside);
    return result_at(&b, fmin(fmax(inside, low), high), false);
}
