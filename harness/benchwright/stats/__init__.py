"""Statistics with numpy and scipy.special: intervals, bootstrap over count cells."""
