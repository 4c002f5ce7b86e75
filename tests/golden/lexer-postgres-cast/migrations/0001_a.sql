UPDATE a SET b = c::text;
