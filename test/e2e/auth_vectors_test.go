package e2e

// The tokens of the authentication checks, signed by somebody else's library.
// They are made with carillon-test-secret unless their comment says otherwise.
const (
	vectorSecret = "carillon-test-secret"

	a1  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiJ9.O188TQgP6flwO1FsHFxlT6QAxMN1_6lNL68-gNjuEXM"                                                                       // sub 42
	a2  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiJ9.e22yxYCwIMlHL8qrYFXAgmE_FUbIKUuj2WBP10PelQU"                                                                       // another secret
	a3  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImV4cCI6MTYwMDAwMDAwMH0.XNaXvfsHPupBaPzWgFpN80P4QEPZhkvEoKLKWGORu8U"                                                // exp 1600000000
	a4  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsIm5iZiI6NDEwMjQ0NDgwMH0.xN9VxWjXlG0ofvFF-xVSPGrXgWj3CdJTYbSXk-SDE7I"                                                // nbf 4102444800
	a5  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOjQyfQ.5vbo1XHBxsuIffoH2C7zMGW0lH1Onsx5IJBuhsRsSms"                                                                         // sub is a number
	a6  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImNoYW5uZWwiOiJuZXdzIn0.KAXeiLLqUazS3lqZTREhmnXdZz64gJLCtlkZ32BWudQ"                                                // channel news
	a7  = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIifQ.e-SDljN1CgWMvE-yMXB05vtk3xB6R6nH5FiMUOLASgf3QJX85rPF9JqA4OzmAP1oD5fh6R84oUJmN5E307VWCg"                              // empty sub, HS512
	a8  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImV4cCI6NDEwMjQ0NDgwMH0.jt6vQocGLbp3ikYyDxxMcsIuNfSVymGfji5GrkvZLeA"                                                // exp 4102444800
	a9  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImV4cCI6NDEwMjQ0NDgwMCwiZXhwaXJlX2F0IjowfQ.eHW9jehZOaAM7AaDz1UEP8VvaLt0U2U8CVdawFJahjY"                             // a8 with expire_at 0
	a10 = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImV4cGlyZV9hdCI6MTYwMDAwMDAwMH0.o60DrAPIrYKNnOMDWCAQmwDmeii6ZbLyL1jhDn3qq4Q"                                        // expire_at 1600000000
	a11 = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiI0MiJ9."                                                                                                                   // alg none
	a13 = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImNoYW5uZWxzIjpbIm5vcGU6aW5kZXgiXX0.r6WZC_-WuNZW7-VZsU78klmDjJqYHb9smeC8X-WA18I"                                    // channels nope:index
	a14 = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ4IiwidXNlcl9pZCI6MTA0MiwiYXVkIjpbIndlYiIsImNhcmlsbG9uIl0sImlzcyI6ImFjbWUifQ.PZMN9FU0bMvXwvrmC63uGgILgmCm7HIc4v5NoJKjpIg" // user_id 1042, aud, iss acme
	s1  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImNoYW5uZWwiOiJjaGF0OmluZGV4In0.KHjGRdFp1qa6mHKxr-PuhLgpTnpiLVMF77427kMVxVo"                                        // 42 in chat:index
	s2  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI3IiwiY2hhbm5lbCI6ImNoYXQ6aW5kZXgifQ.kMPb4ipKUlXIDkor_JIcJGDd2C1sYrkXmGQ5WEQ7O-A"                                         // 7 in chat:index
	s3  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImNoYW5uZWwiOiJjaGF0OmluZGV4IiwiZXhwIjoxNjAwMDAwMDAwfQ.hLMc95FrLuOX6IjMTbgGIN_ikyj7yDkxCNVGgYdVvPk"                 // s1 expired
	s5  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImNoYW5uZWwiOiJjaGF0OmluZGV4IiwiZXhwaXJlX2F0IjoxNjAwMDAwMDAwfQ.NSFwzMPFleSSJGuVSy9X3EhxDxXQACatMJUtsYyKUNY"         // s1 with expire_at past
)
