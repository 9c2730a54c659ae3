#!/bin/sh
# test_tasks_cost.sh  pgdp tasks cost, prices, ledger and measures through the program: numbers, files, refusals.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh
prices=data/token_prices.csv study=data/studies/baseline.yaml

# 20,000 tokens at 2.5 and 5,000 at 10 usd a million are .1 usd; 6 minutes of review at 60 usd an hour are 6; a person is 60
cat >"$dir/tasks.csv" <<'END'
task_id,minutes,wage_usd,success,review_minutes
a,60,60,0.5,6
b,30,40,1,3
END
run 0 tasks cost "$dir/tasks.csv" --prices $prices --model gpt-4o --tokens_in 20000 --tokens_out 5000 --json --tasks-csv "$dir/cost.csv"
json "$dir/out"
out_has '"schema": "pgdp.tasks.cost/1"'
close "$(number cost_usd "$dir/out")" 36.1 1e-12 "cost of the first task"
[ "$(wc -l <"$dir/cost.csv")" = 3 ] || die "two tasks in cost.csv"
run 0 tasks cost "$dir/tasks.csv" --prices $prices --model gpt-4o --tokens_in 20000 --tokens_out 5000
out_has "a person's time to review what came out"
refuse 2 "which table of tasks" tasks cost
refuse 2 "found no model \"gpt-4oo\"; did you mean \"gpt-4o\"?" tasks cost "$dir/tasks.csv" --prices $prices --model gpt-4oo --tokens_in 1 --tokens_out 1
refuse 3 "row 1, column tokens_in: found nothing" tasks cost "$dir/tasks.csv" --prices $prices --model gpt-4o
refuse 2 "--draws takes a number" tasks cost "$dir/tasks.csv" --draws none

# a study's tasks: the wage bill is that of OEWS, and the same bytes for every number of threads
common="tasks cost --study $study --prices $prices --model gpt-4o --minutes 60 --success 0.67 --success_low 0.5 --success_high 0.8 --draws 40"
common="$common --tokens_in 20000 --tokens_out 4000 --review_minutes 10 --json"
run 0 $common --threads 1
cp "$dir/out" "$dir/one"
run 0 $common --threads 4
same "$dir/one" "$dir/out"
json "$dir/out"

# 60 to .06 usd in three years: tenfold a year
cat >"$dir/prices.csv" <<'END'
model,date,price,score
gpt-3,2021-11-18,60,42
other,2023-01-01,3,30
more,2024-02-01,9,41
llama,2024-11-18,0.06,42.5
END
run 0 tasks prices "$dir/prices.csv" --levels 42 --json
json "$dir/out"
out_has '"schema": "pgdp.tasks.prices/1"'
sed -n '/"series": "level"/,$p' "$dir/out" >"$dir/level"
close "$(number yearly_factor "$dir/level")" 10 0.01 "factor at level 42"
refuse 2 "--levels takes up to" tasks prices "$dir/prices.csv" --levels high

cat >"$dir/spend.csv" <<'END'
month,unit,usd,hours_saved
2026-01,law,100,10
2026-02,law,200,20
END
cat >"$dir/payroll.csv" <<'END'
month,unit,usd,hours
2026-01,law,40000,800
2026-02,law,50000,1000
END
run 0 tasks ledger "$dir/spend.csv" --payroll "$dir/payroll.csv" --json
json "$dir/out"
close "$(number run_rate_usd "$dir/out")" 2400 0 "run rate"
close "$(number multiple "$dir/out")" 5 1e-12 "value multiple"
refuse 2 "which payroll" tasks ledger "$dir/spend.csv"

run 0 tasks measures
out_has "remote_labor  Automation rate and autoflation"
cat >"$dir/projects.csv" <<'END'
agent,project,success,human_usd,ai_usd
x,p,1,200,10
x,q,0,300,5
x,r,1,500,700
END
run 0 tasks measures remote_labor projects="$dir/projects.csv" --conf_level 0.9 --csv "$dir/scores.csv" --json
json "$dir/out"
close "$(number autoflation "$dir/out")" 0.19 1e-12 "autoflation"
[ "$(wc -l <"$dir/scores.csv")" = 2 ] || die "one agent in scores.csv"
refuse 2 "which tables" tasks measures remote_labor
refuse 2 'found no measure "aoie"; did you mean "aioe"?' tasks measures aoie matrix="$dir/projects.csv"
printf 'soc,title,x\n11-0001,A,1\n11-0002,B,2\n11-0003,C,3\n' >"$dir/one.csv"
printf 'code,y\n11-0001,5\n11-0002,1\n11-0003,2\n' >"$dir/two.csv"
run 0 tasks measures compare "$dir/one.csv" second="$dir/two.csv" --top 1
out_has second.y
out_has 11-0001

# a study's measures beside Microsoft's by occupation: .738 with people's beta over 773 (methodology 2.2)
run 0 tasks compare $study --with data/ai_applicability.csv
out_has 'human_beta             ai_applicability.ai_applicability          773       0.0065       0.7376'
refuse 5 "nowhere.csv" tasks compare $study --with "$dir/nowhere.csv"
