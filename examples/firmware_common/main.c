/* The whole firmware around the library. What the board is stands in board.c of the image's folder. */
#include "firmware_common/board.h"
#include "firmware_common/report.h"
#include "losun_bms/losun_bms.h"
#include "losun_bms/run_link.h"

static struct lbms bms;           /* the whole pack: no heap, no hidden state */
static struct lbms_keeper keeper; /* what it must not forget */
static struct lbms_run_link link; /* PACE on RS232 and RS485 */

/* No service code: `bmsctl access key CODE` prints one. Until then the button opens the service level. */
static const struct lbms_run_link_config link_config = {.firmware = "losun_bms example"};

/* Apart, so that the kilobyte of what was restored lies on the stack only until the loop begins. */
__attribute__((noinline)) static int start(void)
{
    struct lbms_restored restored;
    int memory;
    int status;

    board_start(&restored);
    memory = lbms_keeper_open(&keeper, board_hal(), &lbms_product_ls_btn0_p0548100, &restored);
    status = lbms_init(&bms, board_hal(), &lbms_product_ls_btn0_p0548100, &restored);
    if ((status == LBMS_ERR_MISSING) || (status == LBMS_ERR_ARGUMENT)) {
        return status; /* lbms_hal_missing() names the missing entry */
    }
    lbms_keep(&bms, &keeper);
    lbms_run_link_init(&link, &link_config);
    report_start(&restored, status, memory);
    board_ready(&bms, &restored);
    return LBMS_OK;
}

int main(void)
{
    if (start() != LBMS_OK) {
        return 1;
    }
    for (;;) {
        uint32_t wait_ms = lbms_run(&bms);

        wait_ms = lbms_run_link(&link, &bms, wait_ms);
        report_run(&bms, &link);
        board_wait(wait_ms);
    }
}
