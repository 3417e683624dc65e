function mpc = case6
%CASE6  Six buses in two loops.
%   A comment with [brackets] and mpc.bus = [ in it.

mpc.version = '2';
mpc.baseMVA = 100;

%% bus data
%	bus_i	type	Pd	Qd	Gs	Bs	area	Vm	Va	baseKV	zone	Vmax	Vmin
mpc.bus = [
	1	3	0	0	0	0	1	1	0	345	1	1.1	0.9;
	2	2	20.5	5	0	0	1	1	0	345	1	1.1	0.9;
	3	1	90	30	0	0	1	1	0	345	1	1.1	0.9;	% a load
	4	1	0	0	0	0	1	1	0	345	1	1.1	0.9;
	5	1	100	35	0	0	1	1	0	345	1	1.1	0.9;
	6	1	125	50	0	0	1	1	0	345	1	1.1	0.9;
];

%% generator data
mpc.gen = [
	1	72.3	27	300	-300	1	100	1	250	10;
	2	163	6.5	300	-300	1	100	1	300	10;
	2	10	0	300	-300	1	100	0	300	10;
];

%% branch data
%	fbus	tbus	r	x	b	rateA	rateB	rateC	ratio	angle	status	angmin	angmax
mpc.branch = [
	1	2	0.01	1.5	0	250	250	250	0	0	1	-360	360;
	1	3	0.017	2	0.158	250	250	250	0	0	1	-360	360;
	2	3	0.039	0.25	0.358	150	150	150	0	0	1	-360	360;
	3	4	0	4	0	300	300	300	0	0	1	-360	360;
	4	5	0.0119	1	0.209	150	150	150	0	0	1	-360	360;
	4	6	0.0085	8	0.149	250	250	250	0	0	1	-360	360;
	5	6	0.032	0.5	0.306	250	250	250	0	0	1	-360	360;
	1	6	0.01	0.085	0.176	250	250	250	0	0	0	-360	360;
];

mpc.bus_name = {
	'North [1]';
};
