#include "losun_bms/base/status.h"

const char *lbms_status_text(int status)
{
    const char *text = "unknown status";

    /* Not cast to the enum: it may be narrower than int, and 256 would then read as LBMS_OK. */
    switch (status) {
    case LBMS_OK:
        text = "done";
        break;
    case LBMS_AGAIN:
        text = "call again later";
        break;
    case LBMS_ERR_ARGUMENT:
        text = "impossible argument";
        break;
    case LBMS_ERR_RANGE:
        text = "value out of range";
        break;
    case LBMS_ERR_ORDER:
        text = "values contradict each other";
        break;
    case LBMS_ERR_MISSING:
        text = "required entry missing";
        break;
    case LBMS_ERR_IO:
        text = "device does not answer";
        break;
    case LBMS_ERR_CHECKSUM:
        text = "data damaged";
        break;
    case LBMS_ERR_SPACE:
        text = "too little space";
        break;
    case LBMS_ERR_STATE:
        text = "not possible in this state";
        break;
    case LBMS_ERR_UNSUPPORTED:
        text = "not supported";
        break;
    case LBMS_ERR_ACCESS:
        text = "access denied";
        break;
    case LBMS_ERR_FORMAT:
        text = "unknown format";
        break;
    case LBMS_ERR_TIMEOUT:
        text = "timeout";
        break;
    default:
        break;
    }
    return text;
}
