#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# entered.sh [KERNEL]: by module, how many of its functions some guest has entered.

. "$(dirname "$0")/../guest/lib.sh"
cd "$BUILD/check-loads/entered" || exit 1
echo "| module | functions | entered | share |"
echo "| --- | --- | --- | --- |"
for f in *; do echo "${f%%.*}"; done | sort -u | while read -r module; do
	sort -u "$module".* | awk -v module="$module" '# A gate and what is behind it are one function.
		{ sub(/\.body.*/, "", $2); all[$2] = 1; if ($1) in_[$2] = 1 }
		END { n = length(all); m = length(in_); if (n) printf "| %s | %d | %d | %d %% |\n", module, n, m, 100 * m / n + 0.5 }'
done
