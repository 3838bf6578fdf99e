"""Small sets of files that are in order, to be broken by tests."""

SDS_V1 = {
    "School.csv": "SIS ID,Name\r\n1,Hill School\r\n",
    "Section.csv": "SIS ID,School SIS ID,Section Name\r\nS1,1,Maths\r\nS2,1,Arts\r\n",
    "Student.csv": "SIS ID,School SIS ID,Username\r\n11,1,ann\r\n12,1,ben\r\n",
    "Teacher.csv": "SIS ID,School SIS ID,Username\r\n21,1,cleo\r\n",
    "StudentEnrollment.csv": "Section SIS ID,SIS ID\r\nS1,11\r\nS2,12\r\n",
    "TeacherRoster.csv": "Section SIS ID,SIS ID\r\nS1,21\r\n",
}
SDS_V21 = {
    "orgs.csv": "sourcedId,name,type\r\no1,Hill School,school\r\n",
    "users.csv": (
        "sourcedId,username,familyName,givenName\r\n"
        "u1,ann@example.edu,Archer,Ann\r\nu2,ben@example.edu,Baker,Ben\r\nu3,cleo@example.edu,Cook,Cleo\r\n"
    ),
    "roles.csv": "userSourcedId,orgSourcedId,role\r\nu1,o1,student\r\nu2,o1,student\r\nu3,o1,teacher\r\n",
    "classes.csv": "sourcedId,orgSourcedId,title\r\nc1,o1,Maths\r\n",
    "enrollments.csv": "classSourcedId,userSourcedId,role\r\nc1,u1,student\r\nc1,u2,student\r\nc1,u3,teacher\r\n",
}
