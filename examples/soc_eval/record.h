/**
 * @file
 * Records of a cell test, read from CSV files.
 *
 * The first line names the columns: time_s, current_A, voltage_V, temp_C, and soc_ref (0..1) if there is a reference;
 * other columns are ignored. Times ascend strictly. A field that is empty repeats the value of the row above. Lines
 * that begin with # and empty lines are skipped. Positive current charges.
 */
#ifndef SOC_EVAL_RECORD_H
#define SOC_EVAL_RECORD_H

#include <stdbool.h>
#include <stddef.h>

/** Columns of a record. */
enum soc_column {
    SOC_COLUMN_TIME = 0,
    SOC_COLUMN_CURRENT,
    SOC_COLUMN_VOLTAGE,
    SOC_COLUMN_TEMP,
    SOC_COLUMN_SOC,
    SOC_COLUMN_COUNT
};

/** One row: s, A, V, degC, 0..1; indexed by enum soc_column. */
struct soc_row {
    double value[SOC_COLUMN_COUNT];
};

/** A record in memory; all zero when it is empty. */
struct soc_record {
    struct soc_row *row;
    size_t count, capacity;
    bool has_soc;
};

/**
 * Read a file and append it to a record. Its times go on where those of the record end.
 *
 * @param record      all zero at first; release it with soc_record_free() in any case
 * @param path        CSV file
 * @param error       receives one line "FILE:LINE: what is wrong"
 * @param error_size  bytes of error
 * @return 0, or -1 after an error
 */
int soc_record_load(struct soc_record *record, const char *path, char *error, size_t error_size);

/** Release the memory of a record. */
void soc_record_free(struct soc_record *record);

/** First row whose reference is at or below this state of charge; the number of rows if there is none. */
size_t soc_record_first_below(const struct soc_record *record, double soc);

#endif
