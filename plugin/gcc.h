/* SPDX-License-Identifier: GPL-2.0 */
/*
 * GCC's own headers, in the order that they need.  Everything that differs
 * between the supported versions of GCC is named here.
 */
#ifndef _MODBOUNDS_GCC_H
#define _MODBOUNDS_GCC_H

#include "gcc-plugin.h"
#include "plugin-version.h"
#include "tree.h"
#include "gimple.h"
#include "tree-pass.h"
#include "context.h"
#include "ssa.h"
#include "cgraph.h"
#include "cfgloop.h"
#include "diagnostic.h"
#include "fold-const.h"
#include "stor-layout.h"
#include "stringpool.h"
#include "attribs.h"
#include "gimple-iterator.h"
#include "gimplify.h"
#include "gimplify-me.h"
#include "gimple-range.h"
#include "gimple-walk.h"
#include "ipa-utils.h"
#include "tree-cfg.h"
#include "tree-dfa.h"
#include "tree-eh.h"
#include "tree-inline.h"
#include "tree-into-ssa.h"
#include "tree-ssa.h"
#include "tree-ssa-loop.h"
#include "tree-ssa-loop-niter.h"
#include "tree-scalar-evolution.h"
#include "builtins.h"
#include "calls.h"
#include "cfganal.h"
#include "output.h"
#include "rtl.h"
#include "memmodel.h"
#include "emit-rtl.h"
#include "stmt.h"
#include "target.h"
#include "toplev.h"
#include "varasm.h"
#include "print-tree.h"

#if GCCPLUGIN_VERSION < 11000 || GCCPLUGIN_VERSION >= 13000
#error "modbounds knows GCC 11 and 12"
#endif

/* No warning of @stmt from here on. */
#if GCCPLUGIN_VERSION < 12000
#define mb_quiet(stmt) gimple_set_no_warning(stmt, true)
#else
#define mb_quiet(stmt) suppress_warning(stmt)
#endif

#endif /* _MODBOUNDS_GCC_H */
