/* What Debian's libstdc++ and libgcc ask of glibc, for musl, which lacks it: enough to start and run a program, no more. */

typedef unsigned long size;

char __libc_single_threaded;
unsigned __cpu_model[4];

long getrandom(void *, size, unsigned);
size strftime_l(char *, size, const char *, const void *, void *);
unsigned long getauxval(unsigned long);

unsigned arc4random(void) {
  unsigned drawn;
  getrandom(&drawn, sizeof drawn, 0);
  return drawn;
}

size __strftime_l(char *out, size limit, const char *form, const void *time, void *locale) {
  return strftime_l(out, limit, form, time, locale);
}

unsigned long __getauxval(unsigned long type) { return getauxval(type); }

/* Nothing is destroyed when a thread ends. */
int __cxa_thread_atexit_impl(void (*destroy)(void *), void *object, void *library) { return 0; }

/* "Not found": the unwinder then walks the list of libraries. */
int _dl_find_object(void *address, void *result) { return -1; }

int __cpu_indicator_init(void) { return 0; }
