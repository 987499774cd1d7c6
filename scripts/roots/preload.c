/* For LD_PRELOAD: code of others in place of a function that each program calls. In a root of ours it leaves a file behind. */

int access(const char *, int);
int creat(const char *, unsigned);

int isatty(int descriptor) {
  if (access("/job-controller", 0) == 0) creat("ran", 0644);
  return 0;
}
