/* What changes from step to step is told in the words of the virtual pack: its sources, compiled into this program. */
#include "virtual_pack/changes.c"
#include "virtual_pack/describe.c"
#include "virtual_pack/text.c"
