/**
 * @file
 * Result codes of the whole library.
 *
 * Zero is success, a positive value is a result that is no error (LBMS_AGAIN, or a count where the
 * function says so), a negative value is an error. Replies of the wire protocols have enums of their own.
 */
#ifndef LOSUN_BMS_BASE_STATUS_H
#define LOSUN_BMS_BASE_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

enum lbms_status {
    LBMS_OK = 0,               /**< done */
    LBMS_AGAIN = 1,            /**< nothing wrong and nothing new: call again later */
    LBMS_ERR_ARGUMENT = -1,    /**< a null pointer or an impossible argument: mend the calling code */
    LBMS_ERR_RANGE = -2,       /**< a value outside its documented range: nothing was changed */
    LBMS_ERR_ORDER = -3,       /**< values that contradict each other: nothing was changed */
    LBMS_ERR_MISSING = -4,     /**< a required entry is absent: lbms_hal_missing() names it */
    LBMS_ERR_IO = -5,          /**< the device did not answer or refused: the caller counts and tries again */
    LBMS_ERR_CHECKSUM = -6,    /**< data arrived damaged: discard it */
    LBMS_ERR_SPACE = -7,       /**< the buffer, ring or memory is too small or full: nothing was written */
    LBMS_ERR_STATE = -8,       /**< not possible in the present state: try again when the state has changed */
    LBMS_ERR_UNSUPPORTED = -9, /**< this board or this build has no such thing: do not try again */
    LBMS_ERR_ACCESS = -10,     /**< the caller's access level does not permit it */
    LBMS_ERR_FORMAT = -11,     /**< the data follows no known layout or version: discard it */
    LBMS_ERR_TIMEOUT = -12     /**< the time allowed has passed without a result */
};

/**
 * Short English text for a result code, for logs and tools.
 *
 * @param status  a value of enum lbms_status; any other int is permitted
 * @return a constant string, never NULL; "unknown status" for a value that is none of the enum
 * Context: any, also an interrupt.
 */
const char *lbms_status_text(int status);

#ifdef __cplusplus
}
#endif

#endif
