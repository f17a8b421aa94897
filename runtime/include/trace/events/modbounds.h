/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM modbounds

#if !defined(_TRACE_MODBOUNDS_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_MODBOUNDS_H

#include <linux/tracepoint.h>

/* The kernel enters a module, or leaves it. */
DECLARE_EVENT_CLASS(modbounds_gate,
	TP_PROTO(const char *module, bool refused),
	TP_ARGS(module, refused),
	TP_STRUCT__entry(
		__string(module, module)
		__field(bool, refused)
	),
	TP_fast_assign(
		__assign_str(module);
		__entry->refused = refused;
	),
	TP_printk("module=%s%s", __get_str(module), __entry->refused ? " refused" : "")
);

DEFINE_EVENT(modbounds_gate, enter,
	TP_PROTO(const char *module, bool refused),
	TP_ARGS(module, refused)
);

DEFINE_EVENT(modbounds_gate, exit,
	TP_PROTO(const char *module, bool refused),
	TP_ARGS(module, refused)
);

/* The right of a module to an object begins, or ends with the object. */
DECLARE_EVENT_CLASS(modbounds_right,
	TP_PROTO(const char *module, unsigned long start, unsigned long end, bool write),
	TP_ARGS(module, start, end, write),
	TP_STRUCT__entry(
		__string(module, module)
		__field(unsigned long, start)
		__field(unsigned long, end)
		__field(bool, write)
	),
	TP_fast_assign(
		__assign_str(module);
		__entry->start = start;
		__entry->end = end;
		__entry->write = write;
	),
	TP_printk("module=%s start=0x%lx size=%lu access=%s", __get_str(module),
		  __entry->start, __entry->end - __entry->start,
		  __entry->write ? "rw" : "r")
);

DEFINE_EVENT(modbounds_right, grant,
	TP_PROTO(const char *module, unsigned long start, unsigned long end, bool write),
	TP_ARGS(module, start, end, write)
);

DEFINE_EVENT(modbounds_right, revoke,
	TP_PROTO(const char *module, unsigned long start, unsigned long end, bool write),
	TP_ARGS(module, start, end, write)
);

TRACE_EVENT(violation,
	TP_PROTO(const char *module, const char *kind, const char *access,
		 unsigned long addr, unsigned long len, unsigned long ip),
	TP_ARGS(module, kind, access, addr, len, ip),
	TP_STRUCT__entry(
		__string(module, module)
		__string(kind, kind)
		__string(access, access)
		__field(unsigned long, addr)
		__field(unsigned long, len)
		__field(unsigned long, ip)
	),
	TP_fast_assign(
		__assign_str(module);
		__assign_str(kind);
		__assign_str(access);
		__entry->addr = addr;
		__entry->len = len;
		__entry->ip = ip;
	),
	TP_printk("module=%s kind=%s access=%s addr=0x%lx len=%lu ip=%pS", __get_str(module),
		  __get_str(kind), __get_str(access), __entry->addr, __entry->len,
		  (void *)__entry->ip)
);

TRACE_EVENT(state,
	TP_PROTO(const char *module, const char *state),
	TP_ARGS(module, state),
	TP_STRUCT__entry(
		__string(module, module)
		__string(state, state)
	),
	TP_fast_assign(
		__assign_str(module);
		__assign_str(state);
	),
	TP_printk("module=%s state=%s", __get_str(module), __get_str(state))
);

#endif /* _TRACE_MODBOUNDS_H */

#include <trace/define_trace.h>
