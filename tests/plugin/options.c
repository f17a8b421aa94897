struct s { int a, b; };
int f(struct s *p) { p->a = 1; return p->b; }
