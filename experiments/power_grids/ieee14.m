function mpc = ieee14
% The 14-bus test system of the IEEE: part of a grid in the Midwest of the USA in February 1962 (American
% Electric Power; R. Christie, Power Systems Test Case Archive, University of Washington, 1993).
% Of its numbers those that are read here: active and reactive loads, output of generators, impedances.
% Each is that of case14 in PYPOWER 5.1.21 (PSERC, converted from the archive's ieee14cdf.txt).
mpc.version = '2';
mpc.baseMVA = 100;
% bus type Pd Qd Gs Bs area
mpc.bus = [
	1	3	0	0	0	0	1;
	2	2	21.7	12.7	0	0	1;
	3	2	94.2	19	0	0	1;
	4	1	47.8	-3.9	0	0	1;
	5	1	7.6	1.6	0	0	1;
	6	2	11.2	7.5	0	0	1;
	7	1	0	0	0	0	1;
	8	2	0	0	0	0	1;
	9	1	29.5	16.6	0	19	1;
	10	1	9	5.8	0	0	1;
	11	1	3.5	1.8	0	0	1;
	12	1	6.1	1.6	0	0	1;
	13	1	13.5	5.8	0	0	1;
	14	1	14.9	5	0	0	1;
];
% bus Pg Qg Qmax Qmin Vg mBase status Pmax
mpc.gen = [
	1	232.4	-16.9	10	0	1.06	100	1	332.4;
	2	40	42.4	50	-40	1.045	100	1	140;
	3	0	23.4	40	0	1.01	100	1	100;
	6	0	12.2	24	-6	1.07	100	1	100;
	8	0	17.4	24	-6	1.09	100	1	100;
];
% from to r x b
mpc.branch = [
	1	2	0.01938	0.05917	0.0528;
	1	5	0.05403	0.22304	0.0492;
	2	3	0.04699	0.19797	0.0438;
	2	4	0.05811	0.17632	0.034;
	2	5	0.05695	0.17388	0.0346;
	3	4	0.06701	0.17103	0.0128;
	4	5	0.01335	0.04211	0;
	4	7	0	0.20912	0;
	4	9	0	0.55618	0;
	5	6	0	0.25202	0;
	6	11	0.09498	0.1989	0;
	6	12	0.12291	0.25581	0;
	6	13	0.06615	0.13027	0;
	7	8	0	0.17615	0;
	7	9	0	0.11001	0;
	9	10	0.03181	0.0845	0;
	9	14	0.12711	0.27038	0;
	10	11	0.08205	0.19207	0;
	12	13	0.22092	0.19988	0;
	13	14	0.17093	0.34802	0;
];
