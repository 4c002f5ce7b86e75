-- Fix: orders of 2025, which is prose

-- fix:shouldrun
SELECT 1 = 0;
-- fix: execute
SELECT 1;
-- fixes:undo
SELECT 1;
-- fix given
SELECT 1;
