# What psql reads beside SQL is taken out of a file: commands, and the rows behind COPY.
copying {
	if ($0 == "\\.")
		copying = 0
	next
}
tolower($0) ~ /^[ \t]*copy .*(from|to)[ \t]+std(in|out)/ {
	copying = tolower($0) ~ /from[ \t]+stdin/
	next
}
/^[ \t]*\\/ { next }
!/\/\*/ { sub(/\\(g[a-z]*|crosstabview|watch|bind|;).*$/, ";") }
{ print }
