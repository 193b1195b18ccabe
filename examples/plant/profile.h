/**
 * @file
 * Profiles of current or power over time, read from CSV files.
 *
 * The first line names the columns: `time_s` and one of `current_A`, `power_W`; `voltage_V`, `temp_C` and `soc_ref`
 * may follow or precede, other names are ignored as well. Lines that begin with # and empty lines are skipped. Times
 * ascend strictly. A value holds from its time to the next row; the last row only ends the profile. Positive charges.
 */
#ifndef PLANT_PROFILE_H
#define PLANT_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

enum plant_profile_kind { PLANT_PROFILE_CURRENT = 0, PLANT_PROFILE_POWER };

/** A profile in memory. */
struct plant_profile {
    enum plant_profile_kind kind;
    size_t count;   /**< rows, at least 2 */
    double *time_s; /**< first row at 0 */
    double *value;  /**< A or W as in the file */
    double *temp_c; /**< NULL when the file has no such column */
    double scale;   /**< factor on the values, 1 after loading */
    bool loop;      /**< begin again at the end; false after loading */
};

/** Enough for every error text of plant_profile_load(), with a path of usual length. */
#define PLANT_PROFILE_ERROR_SIZE 256

/**
 * Read a profile.
 *
 * @param profile     receives it; release it with plant_profile_free()
 * @param path        CSV file
 * @param error       receives one line "FILE:LINE: what is wrong"; may be NULL
 * @param error_size  bytes of error
 * @return 0, or -1 after an error: nothing needs to be released then
 */
int plant_profile_load(struct plant_profile *profile, const char *path, char *error, size_t error_size);

/** Release the memory of a profile. An all-zero profile is permitted. */
void plant_profile_free(struct plant_profile *profile);

/** Length, s. */
double plant_profile_duration_s(const struct plant_profile *profile);

/** True when this moment is past the end and the profile does not loop. */
bool plant_profile_ended(const struct plant_profile *profile, double time_s);

/** Value at this moment since the start, times scale; 0 before the start and after the end. */
double plant_profile_value(const struct plant_profile *profile, double time_s);

/** Temperature column at this moment; `otherwise` when there is none. */
double plant_profile_temp_c(const struct plant_profile *profile, double time_s, double otherwise);

/** Factor that turns a record of a cell of `record_ah` into the same C-rates at `pack_ah`. */
double plant_profile_c_rate(double record_ah, double pack_ah);

#endif
